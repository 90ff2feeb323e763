document.title = 'fleet';
